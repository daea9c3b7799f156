import { fileURLToPath } from 'node:url';

const transform = fileURLToPath(new URL('./tools/dev/build/jest-transform.mjs', import.meta.url));

/** One jest configuration for every project: TypeScript as ES modules, `.lua` as text. */
export function jestPreset(displayName) {
  return {
    displayName,
    testEnvironment: 'node',
    testMatch: ['<rootDir>/{src,test}/**/*.spec.ts'],
    transform: { '\\.(ts|lua)$': transform },
    extensionsToTreatAsEsm: ['.ts', '.lua'],
    moduleFileExtensions: ['ts', 'mjs', 'js', 'json', 'node', 'lua'],
    testTimeout: 20_000,
  };
}
