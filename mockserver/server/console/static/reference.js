// Swagger UI in the theme of the console, and what it lacks for those who do not see or do not use a mouse.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const theme = document.documentElement.dataset.theme;
    document.documentElement.classList.toggle("dark-mode", theme ? theme === "dark" : dark.matches);
  };
  follow();
  dark.addEventListener("change", follow);
  document.addEventListener("theme", follow);

  const mend = (place) => {
    place.querySelectorAll("h1:not([aria-level])").forEach((title) => title.setAttribute("aria-level", "2"));
    place.querySelectorAll("pre:not([tabindex])").forEach((box) => (box.tabIndex = 0));
    place.querySelectorAll("select:not([aria-label]), textarea:not([aria-label])").forEach((input) => {
      input.setAttribute("aria-label", input.closest("[data-param-name]")?.dataset.paramName ?? (input.id || "value"));
    });
  };

  // Swagger UI's own layout has a main of its own, and there is one on this page.
  const plugin = ({ React }) => ({
    components: {
      ConsoleLayout: ({ getComponent }) => {
        const parts = ["SvgAssets", "errors", "InfoContainer", "ServersContainer", "AuthorizeBtnContainer", "operations", "Models"];
        const made = parts.map((name) => React.createElement(getComponent(name, true), { key: name }));
        return React.createElement("div", { className: "swagger-ui" }, made);
      },
    },
  });

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.getElementById("swagger");
    new MutationObserver(() => mend(place)).observe(place, { childList: true, subtree: true });
    SwaggerUIBundle({
      url: place.dataset.contract,
      domNode: place,
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
