/** What an upload may hold until it gives it back. */
export interface Reservation {
  release(): void;
}

/**
 * Bounds how much all uploads of this process hold together. The length that a request announces is reserved before its body is read, as
 * HTTP lets no body be longer than announced; a body without an announced length reserves the most that an upload may have.
 */
export class UploadBudget {
  readonly #bounds: { readonly memoryBytes: number; readonly mostRequests: number };
  #bytes = 0;
  #requests = 0;

  constructor(bounds: { readonly memoryBytes: number; readonly mostRequests: number }) {
    this.#bounds = bounds;
  }

  /** Requests that hold something. */
  get requests(): number {
    return this.#requests;
  }

  /** `undefined` when there is no room. An upload alone always has room. */
  reserve(bytes: number): Reservation | undefined {
    const isFull = this.#requests > 0 && this.#bytes + bytes > this.#bounds.memoryBytes;
    if (isFull || this.#requests >= this.#bounds.mostRequests) return undefined;
    this.#bytes += bytes;
    this.#requests += 1;
    let isReleased = false;
    return {
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#bytes -= bytes;
        this.#requests -= 1;
      },
    };
  }
}
