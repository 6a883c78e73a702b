// Swagger UI in the theme of the console, with the labels and focus that screen readers and keyboards need.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const applyTheme = () => {
    const theme = document.documentElement.dataset.theme;
    document.documentElement.classList.toggle("dark-mode", theme ? theme === "dark" : dark.matches);
  };
  applyTheme();
  dark.addEventListener("change", applyTheme);
  document.addEventListener("theme", applyTheme);

  const addAccessibility = (container) => {
    container.querySelectorAll("h1:not([aria-level])").forEach((title) => title.setAttribute("aria-level", "2"));
    container.querySelectorAll("pre:not([tabindex])").forEach((box) => (box.tabIndex = 0));
    container.querySelectorAll("select:not([aria-label]), textarea:not([aria-label])").forEach((input) => {
      input.setAttribute("aria-label", input.closest("[data-param-name]")?.dataset.paramName ?? (input.id || "value"));
    });
  };

  // The standard layout of Swagger UI has a <main>, but this page has one already.
  const plugin = ({ React }) => ({
    components: {
      ConsoleLayout: ({ getComponent }) => {
        const parts = ["SvgAssets", "errors", "InfoContainer", "ServersContainer", "AuthorizeBtnContainer", "operations", "Models"];
        const elements = parts.map((name) => React.createElement(getComponent(name, true), { key: name }));
        return React.createElement("div", { className: "swagger-ui" }, elements);
      },
    },
  });

  document.addEventListener("DOMContentLoaded", () => {
    const container = document.getElementById("swagger");
    new MutationObserver(() => addAccessibility(container)).observe(container, { childList: true, subtree: true });
    SwaggerUIBundle({
      url: container.dataset.contract,
      domNode: container,
      presets: [SwaggerUIBundle.presets.apis],
      plugins: [plugin],
      layout: "ConsoleLayout",
      validatorUrl: null,
      docExpansion: "full",
      defaultModelsExpandDepth: 0,
      displayRequestDuration: true,
      tryItOutEnabled: true,
    });
  });
})();
