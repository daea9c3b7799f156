#!/usr/bin/env node
// Links to commands are made at install time, when nothing is built yet: this file is there by then, dist/ is not.
import '../dist/main.js';
