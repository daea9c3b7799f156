/** What the exit code of every script here means; README.md has the table for people. */
export const EXIT = Object.freeze({
  ok: 0,
  checkFailed: 1,
  usage: 2,
  noSuchFile: 66,
  unavailable: 69,
  childFailed: 70,
  cannotWrite: 73,
  configuration: 78,
  interrupted: 130,
  terminated: 143,
});

/** An expected failure: one sentence that says what, one that says what to do. Printed without a stack trace. */
export class DevFailure extends Error {
  /** @param {string} message @param {number} exitCode one of {@link EXIT} */
  constructor(message, exitCode) {
    super(message);
    this.name = 'DevFailure';
    this.exitCode = exitCode;
  }
}

const DISK_CODES = new Set(['ENOSPC', 'EDQUOT']);
const PERMISSION_CODES = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * Turns a file-system error into the sentence a person needs; anything unexpected is passed on as it is.
 * @param {unknown} thrown
 */
export function toFailure(thrown) {
  if (thrown instanceof DevFailure || !(thrown instanceof Error)) return thrown;
  const { code, path } = /** @type {NodeJS.ErrnoException} */ (thrown);
  const where = path === undefined ? '' : ` at ${path}`;
  if (DISK_CODES.has(code ?? '')) {
    return new DevFailure(`The disk is full${where}. Free about 1 GB and run this again.`, EXIT.cannotWrite);
  }
  if (PERMISSION_CODES.has(code ?? '')) {
    return new DevFailure(
      `Writing is not allowed${where}. Make it writable for this user, or set VERBATIM_CACHE_DIR for caches and TMPDIR for run-time files.`,
      EXIT.cannotWrite,
    );
  }
  return thrown;
}

/**
 * Runs a script's main function: prints an expected failure as one line and sets the exit code.
 * @param {() => Promise<number>} main resolves with the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure instanceof DevFailure) process.stderr.write(`✗ ${failure.message}\n`);
    else process.stderr.write(`✗ A defect in tools/dev: ${thrown instanceof Error ? thrown.stack : thrown}\n`);
    process.exitCode = failure instanceof DevFailure ? failure.exitCode : EXIT.childFailed;
  }
}
