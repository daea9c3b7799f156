/** Version of this gateway, as `/health`, the node record and the logs say it. The same as in package.json; a spec compares. */
export const version = '0.1.0';
