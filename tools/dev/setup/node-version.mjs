import { DevFailure, EXIT } from '../failure.mjs';

/** 20.11 is the first Node with `import.meta.dirname`, which the product's tools use. */
const OLDEST = [20, 11];

/** @param {string} version as `process.versions.node` says it */
export function checkNodeVersion(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new DevFailure(
    `Node ${OLDEST.join('.')} or newer is needed, this is ${version}. Install Node 20 or 22 (nodejs.org, nvm or your distribution) and run this again.`,
    EXIT.configuration,
  );
}
