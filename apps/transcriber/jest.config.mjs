import { jestPreset } from '../../jest.preset.mjs';

/** The e2e specs run the real process, so it is built once before all of them. */
export default { ...jestPreset('transcriber'), globalSetup: '<rootDir>/test/build-once.mjs' };
