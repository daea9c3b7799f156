import manifest from '../package.json' with { type: 'json' };

/** Version of this jobs process, as its node record and the logs say it. */
export const version = manifest.version;
