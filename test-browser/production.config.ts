// The browser suite on the build that a bundler takes for the condition `production`.
import { defineConfig } from '@playwright/test';
import config from './playwright.config.js';

// Tests run in processes of their own, which get this environment.
process.env.TEST_CONDITIONS = 'production';

export default defineConfig({ ...config, projects: config.projects?.filter(({ name }) => name === 'chromium') ?? [] });
