// must fail: @nx/enforce-module-boundaries
import type { GatewaySide } from '@verbatim/backbone';

export type Reached = GatewaySide;
