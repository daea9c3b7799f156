import type { TextSink } from '../captions/caption-writer.ts';
import type { CliConfig } from '../config.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { checkGateway } from './check-gateway.ts';
import { checkModels } from './check-models.ts';
import { checkNode } from './check-node.ts';
import { checkRedis } from './check-redis.ts';
import type { Finding } from './finding.ts';
import { readRedisInfo } from './redis-info.ts';

const MARKS: Readonly<Record<Finding['status'], string>> = { ok: '✓', warn: '!', fail: '✗' };
const CHECK_WIDTH = 18;

export interface DoctorRequest {
  /** The gateway's address, where the user gave one. */
  readonly url: string | undefined;
  readonly asJson: boolean;
}

/** Runs every check, prints what each found and what to do; ends with 1 if one failed. */
export async function runDoctor(request: DoctorRequest, config: CliConfig, out: TextSink): Promise<ExitCode> {
  const groups = await Promise.all([
    checkRedis(config.redisUrl, readRedisInfo),
    checkModels(config.models),
    checkGateway({ url: request.url ?? config.gatewayUrl, isNamed: request.url !== undefined || config.isUrlNamed }),
  ]);
  const findings = [checkNode(process.versions.node), ...groups.flat()];
  const hasFailed = findings.some(({ status }) => status === 'fail');
  if (request.asJson) out.write(`${JSON.stringify({ ok: !hasFailed, findings })}\n`);
  else out.write(findings.map(describe).join(''));
  return hasFailed ? EXIT_CODES.doctorFailed : EXIT_CODES.ok;
}

function describe({ check, status, found, advice }: Finding): string {
  const line = `${MARKS[status]} ${check.padEnd(CHECK_WIDTH)} ${found}\n`;
  return advice === undefined ? line : `${line}${' '.repeat(CHECK_WIDTH + 3)}→ ${advice}\n`;
}
