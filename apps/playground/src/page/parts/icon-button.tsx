import type { JSX } from 'solid-js'

/** A button that shows an icon and says what it does to everybody else. */
export function IconButton(props: {
  label: string
  onClick: (event: MouseEvent) => void
  children: JSX.Element
  pressed?: boolean
  disabled?: boolean
  testid?: string
}): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      disabled={props.disabled}
      data-testid={props.testid}
      onClick={(event) => props.onClick(event)}
    >
      {props.children}
    </button>
  )
}
