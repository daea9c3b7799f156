import type { Logger } from '@verbatim/observability';
import type { RequestHandler } from 'express';

/** Asked every few seconds by machines: logged only when somebody looks for it. */
const PROBES: readonly string[] = ['/livez', '/readyz', '/startupz'];

const MAX_PATH_LENGTH = 200;

/** One line per request: path only, as a query may carry tokens. */
export function createAccessLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const beganAtMs = performance.now();
    response.once('close', () => {
      const line = {
        event: 'http_request',
        request_id: response.getHeader('x-request-id'),
        method: request.method,
        path: request.path.slice(0, MAX_PATH_LENGTH),
        status: response.statusCode,
        is_complete: response.writableFinished,
        duration_ms: Math.round(performance.now() - beganAtMs),
      };
      if (PROBES.includes(request.path)) log.debug(line, 'request');
      else log.info(line, 'request');
    });
    next();
  };
}
