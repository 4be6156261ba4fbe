// Runs inside the page (as text: the page's own policy lets no script in) and reports what a person would stumble over.
(() => {
  const numbers = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const isSolid = (color) => (numbers(color)[3] ?? 1) === 1;

  function luminance(color) {
    const [r, g, b] = numbers(color).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(a, b) {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  }

  function behind(element) {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (isSolid(color)) return color;
    }
    return 'rgb(255, 255, 255)';
  }

  const visible = (element) => element.getClientRects().length > 0 && !element.closest('.sr');

  const texts = [...document.querySelectorAll('body *')].filter(
    (element) =>
      visible(element) &&
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== ''),
  );
  const controls = [...document.querySelectorAll('button, textarea, input, select, a[href]')].filter(visible);

  return {
    texts: texts.map((element) => ({
      text: element.textContent.trim().slice(0, 40),
      contrast: contrast(getComputedStyle(element).color, behind(element)),
    })),
    controls: controls.map((element) => {
      const { width, height } = element.getBoundingClientRect();
      const named = element.labels?.length ? element.labels[0].textContent : element.textContent;
      const edge = getComputedStyle(element).borderTopColor;
      const fill = getComputedStyle(element).backgroundColor;
      const around = behind(element.parentElement);
      return {
        name: named.trim(),
        width,
        height,
        edgeContrast: Math.max(isSolid(edge) ? contrast(edge, around) : 0, isSolid(fill) ? contrast(fill, around) : 0),
      };
    }),
    headings: [...document.querySelectorAll('h1, h2, h3')].map((heading) => heading.tagName),
    language: document.documentElement.lang,
    title: document.title,
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
})();
