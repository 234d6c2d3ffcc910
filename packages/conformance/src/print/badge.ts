import type { Report } from '../report.ts';

/** A badge as SVG: the level that was checked, and whether the module conforms. */
export function badge({ conforms, level, counts }: Report): string {
  const right = conforms ? level : counts.failed > 0 ? `${counts.failed} failed` : 'not checked';
  const colour = conforms ? '#2da44e' : counts.failed > 0 ? '#cf222e' : '#6e7781';
  const left = 'forkspacer contract';
  const widths = [left, right].map((text) => Math.round(text.length * 6.6 + 12)) as [number, number];
  const width = widths[0] + widths[1];
  const text = (content: string, from: number, wide: number) =>
    `<text x="${from + wide / 2}" y="14" textLength="${wide - 12}">${content}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${left}: ${right}">
<title>${left}: ${right}</title>
<clipPath id="r"><rect width="${width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="${widths[0]}" height="20" fill="#444"/><rect x="${widths[0]}" width="${widths[1]}" height="20" fill="${colour}"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${text(left, 0, widths[0])}${text(right, widths[0], widths[1])}</g>
</svg>
`;
}
