import { jestPreset } from '../../jest.preset.mjs';

export default { ...jestPreset('gateway'), globalSetup: '<rootDir>/test/support/build-workers.mjs' };
