// Scenes on the page: small ones as SVG with classes (they follow the theme by style sheet), the control chart on a canvas.
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { drawScene } from '../../../src/figure/canvas.ts';
import { DARK, LIGHT, type Scene } from '../../../src/figure/scene.ts';
import { svgText } from '../../../src/figure/svg.ts';
import { useApp } from '../state/context.ts';

const FONT = "'Pretendard Variable', 'Noto Sans KR', system-ui, sans-serif";

/** A scene as inline SVG. `id` must be unique on the page. */
export function SvgFigure({ scene, id }: { scene: Scene; id: string }) {
  const element = useRef<HTMLDivElement>(null);
  const text = svgText(scene, { id: `f-${id.replace(/[^\w-]/g, '_')}` });
  useLayoutEffect(() => {
    // The text is made by our own renderer, which escapes every word in it.
    if (element.current !== null) element.current.innerHTML = text;
  }, [text]);
  return <div class="figure" ref={element} />;
}

/** A scene on a canvas, sharp at any pixel ratio and on paper. */
export function CanvasFigure({ scene }: { scene: Scene }) {
  const app = useApp();
  const element = useRef<HTMLCanvasElement>(null);
  const palette = app.isDark.value ? DARK : LIGHT;
  useLayoutEffect(() => {
    const canvas = element.current;
    if (canvas === null) return;
    const ratio = Math.max(2, devicePixelRatio);
    canvas.width = Math.round(scene.width * ratio);
    canvas.height = Math.round(scene.height * ratio);
    canvas.style.width = `${scene.width}px`;
    const draw = (): void => {
      const context = canvas.getContext('2d');
      if (context === null) return;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      drawScene(context, scene, palette, FONT);
    };
    draw();
    // Letters drawn for the first time may come in the fallback font until the subset has arrived.
    document.fonts.addEventListener('loadingdone', draw);
    return () => document.fonts.removeEventListener('loadingdone', draw);
  }, [scene, palette]);
  return <canvas ref={element} role="img" aria-label={`${scene.title}. ${scene.desc}`} />;
}

/** Calls back with the width of an element whenever it changes. */
export function useWidth(onWidth: (width: number) => void) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry?.contentRect.width ?? 0);
      if (width > 0) onWidth(width);
    });
    observer.observe(target);
    return () => observer.disconnect();
  }, [onWidth]);
  return element;
}
