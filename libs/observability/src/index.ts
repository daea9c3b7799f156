// Logs, health, shutdown, configuration
