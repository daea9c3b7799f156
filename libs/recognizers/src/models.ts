// Look after model folders, without any recogniser: what a command line needs, and no more to load
export { localModelFolder } from './local/model-place.ts';
export { openModelFolder, type LocalModel } from './local/open-model.ts';
export { examineModel } from './local/examine-model.ts';
export { checkModelFile } from './local/model-check.ts';
export type { ModelKind } from './local/model-layout.ts';
export { RecognizerError } from './recognizer.ts';
