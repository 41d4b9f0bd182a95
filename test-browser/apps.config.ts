// Whole pages: the dashboard of the demo, and the hooks for React. They take as long as all other tests in browsers.
import { defineConfig } from '@playwright/test';
import config, { APPS } from './playwright.config.js';

const projects = config.projects?.map((project) => ({ ...project, testIgnore: [] })) ?? [];

export default defineConfig({ ...config, testMatch: [...APPS], projects });
