import type { AppDescription } from '../app-description.ts';
import { code, pageHead, table } from './table.ts';

/** Builds `docs/configuration.md` from what the built apps say of themselves. */
export function configurationPage(apps: readonly AppDescription[]): string {
  const sections = apps.map(({ name, variables }) => {
    const rows = variables.map((variable) => [
      code(variable.name),
      variable.isRequired ? '**required**' : code(variable.default ?? '') || '–',
      variable.allowed,
      `${variable.description}${variable.isSecret ? ' Secret.' : ''}`,
    ]);
    return `## ${name}\n\n${table(['variable', 'default', 'allowed', 'what'], rows)}\n`;
  });
  return `${pageHead('Configuration', "the apps' src/config.ts, by --print-config-docs")}
The environment is the only configuration. Every problem is reported at once, in one message on stderr, and the process exits
with 78: a supervisor can tell a wrong configuration from a crash.

- Values are read strictly: decimal digits, \`true\` or \`false\`, comma-separated lists. An empty variable counts as unset.
- \`NAME_FILE\` names a file that holds the value of \`NAME\`, for secrets; setting both is an error.
- An unknown \`STT_*\` variable is an error that names the nearest known one. One environment file may serve the whole fleet:
  each process accepts the variables of the others.
- \`--print-config\` prints the values in force, secrets masked, and exits.

${sections.join('\n')}
## Beside the fleet

${table(['variable', 'read by', 'what'], OTHERS)}
`;
}

/** Read by tools and clients, which have no schema of their own. */
const OTHERS: readonly (readonly string[])[] = [
  [
    '`VERBATIM_CACHE_DIR`',
    'transcriber, `npm run setup`',
    'Folder of the models; else `verbatim` in `XDG_CACHE_HOME`, else in `~/.cache`.',
  ],
  ['`VERBATIM_URL`', '`verbatim`', 'Address of the gateway; else `ws://127.0.0.1` with `PORT`.'],
  ['`VERBATIM_REDIS_SERVER`', '`npm start`, tests', 'The `redis-server` to start; else the one on the PATH.'],
];
