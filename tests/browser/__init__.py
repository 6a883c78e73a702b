"""What a person sees in a browser: headless Chromium, driven by Playwright."""
