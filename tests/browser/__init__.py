"""The console and the example frontend in a browser: headless Chromium, controlled by Playwright."""
