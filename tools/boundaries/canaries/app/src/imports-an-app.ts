// must fail: @nx/enforce-module-boundaries
import '@verbatim/gateway';
