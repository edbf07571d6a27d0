/**
 * Makes a canvas as sharp as the screen and clears it. The context draws in CSS pixels; it is
 * `undefined` while the canvas has no size.
 */
export function fitCanvas(canvas: HTMLCanvasElement): CanvasRenderingContext2D | undefined {
  const { clientWidth: width, clientHeight: height } = canvas
  const context = canvas.getContext('2d')
  if (context === null || width === 0 || height === 0) return undefined
  const scale = devicePixelRatio
  const deviceWidth = Math.round(width * scale)
  const deviceHeight = Math.round(height * scale)
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    canvas.width = deviceWidth
    canvas.height = deviceHeight
  }
  context.setTransform(scale, 0, 0, scale, 0, 0)
  context.clearRect(0, 0, width, height)
  return context
}
