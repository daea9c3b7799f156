import { fileURLToPath } from 'node:url';

/** The checkout; as far from `src/` as from `dist/`, where this is bundled to. */
export const WORKSPACE_ROOT = fileURLToPath(new URL('../../..', import.meta.url));
