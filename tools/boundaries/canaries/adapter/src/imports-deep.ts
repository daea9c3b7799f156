// must fail: @nx/enforce-module-boundaries
import type { ErrorCode } from '../../../../../libs/protocol/src/errors/error-table.ts';

export type Reached = ErrorCode;
