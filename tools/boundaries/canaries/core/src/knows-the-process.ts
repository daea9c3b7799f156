// must fail: no-restricted-globals
export const pid = process.pid;
