import { sensitivityOf } from './sensitive-names.ts';

const REDACTED = '[redacted]';

/** Query parameters inside running text, and JSON members: what redactUrl cannot split because it is no address. */
const PARAMETER_IN_TEXT = /([?&][\w.%-]*(?:token|api_?key|authorization|password|secret|signature)=)[^&#\s"']*/gi;
const JSON_MEMBER = /("(?:[\w-]*token|text|word|words|data|transcript|pcm|audio)"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|$)/gi;
const URL_PASSWORD = /(:\/\/[^\s:/@]*:)[^\s/]*@/g;

/** Hides the values of tokens and keys in an address; all else stays readable: `/stt/stream?resume_token=[redacted]`. */
export function redactUrl(url: string): string {
  const queryStart = url.indexOf('?');
  if (queryStart < 0) return url.replace(URL_PASSWORD, `$1${REDACTED}@`);
  const [query = '', ...fragment] = url.slice(queryStart + 1).split('#');
  const parameters = query.split('&').map((parameter) => {
    const name = parameter.split('=', 1)[0] ?? '';
    return sensitivityOf(decoded(name)) === 'credential' ? `${name}=${REDACTED}` : parameter;
  });
  const path = url.slice(0, queryStart).replace(URL_PASSWORD, `$1${REDACTED}@`);
  return [`${path}?${parameters.join('&')}`, ...fragment].join('#');
}

/** Hides tokens, passwords and quoted message text inside any string that goes into a log line. */
export function redactText(text: string): string {
  return text
    .replace(PARAMETER_IN_TEXT, `$1${REDACTED}`)
    .replace(JSON_MEMBER, `$1"${REDACTED}"`)
    .replace(URL_PASSWORD, `$1${REDACTED}@`);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
