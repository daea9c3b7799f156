// must fail: no-restricted-properties
export const home = process.env['HOME'];
