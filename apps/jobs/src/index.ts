// Run a jobs process inside another process: tests and benchmarks
export { openJobs, type Jobs, type JobsParts } from './open-jobs.ts';
export { jobsVariablesSchema, toJobsConfig, type JobsConfig } from './config.ts';
