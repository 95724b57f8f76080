// A painted scene on the page: the same SVG as in reports, as wide as there is room, with a line where the common cursor is. Colours follow the
// theme by the style sheet. Reports where the pointer is, in pixels of the picture.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'

export interface SceneViewProps {
  /** For a width in px. */
  paint: (width: number) => string
  /** What the picture is made of: painted anew when one of them is another. */
  of: readonly unknown[]
  /** px of the picture; undefined: no line. */
  cursorX?: ((width: number) => number | undefined) | undefined
  onPoint?: (at: { x: number; y: number; width: number }, kind: 'move' | 'press' | 'leave' | 'drag', from_x?: number) => void
  /** Over the picture. */
  children?: (width: number) => ComponentChildren
}

const LEAST_PX = 420
/** Less is a click with an unsteady hand. */
const DRAG_PX = 8

export function SceneView({ paint, of, cursorX, onPoint, children }: SceneViewProps) {
  const host = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(760)
  const [drag, setDrag] = useState<{ from: number; to: number } | undefined>(undefined)
  useLayoutEffect(() => {
    const element = host.current!
    const fit = (): void => setWidth(Math.max(LEAST_PX, Math.floor(element.clientWidth)))
    fit()
    const observer = new ResizeObserver(fit)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const svg = useMemo(() => paint(width), [width, ...of])
  const at = (event: PointerEvent): { x: number; y: number; width: number } => {
    const box = host.current!.getBoundingClientRect()
    return { x: event.clientX - box.left + host.current!.scrollLeft, y: event.clientY - box.top, width }
  }
  const line = cursorX?.(width)
  return (
    <div
      class="ms-scene" ref={host}
      onPointerMove={(event) => { const point = at(event); if (drag !== undefined) setDrag({ ...drag, to: point.x }); onPoint?.(point, 'move') }}
      onPointerDown={(event) => { if (event.button === 0 && onPoint !== undefined) { host.current!.setPointerCapture(event.pointerId); const { x } = at(event); setDrag({ from: x, to: x }) } }}
      onPointerUp={(event) => {
        const point = at(event)
        if (drag !== undefined) onPoint?.(point, Math.abs(point.x - drag.from) > DRAG_PX ? 'drag' : 'press', drag.from)
        setDrag(undefined)
      }}
      onPointerCancel={() => setDrag(undefined)}
      onPointerLeave={(event) => { if (drag === undefined) onPoint?.(at(event), 'leave') }}
    >
      <div dangerouslySetInnerHTML={{ __html: svg }} />
      {line === undefined ? null : <div class="ms-cursor" style={{ left: `${line}px` }} />}
      {drag === undefined || Math.abs(drag.to - drag.from) <= DRAG_PX ? null : <div class="ms-drag" style={{ left: `${Math.min(drag.from, drag.to)}px`, width: `${Math.abs(drag.to - drag.from)}px` }} />}
      {children?.(width)}
    </div>
  )
}
