// must fail: no-restricted-properties
export const atMs = Date.now();
