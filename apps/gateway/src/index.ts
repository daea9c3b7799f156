// Run a gateway inside another process: tests and benchmarks
export { openGateway, type Gateway, type GatewayParts } from './open-gateway.ts';
export { gatewayVariablesSchema, toGatewayConfig, type GatewayConfig } from './config.ts';
