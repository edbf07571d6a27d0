import { For, type JSX } from 'solid-js'

const signs: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  Mod: navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl',
}

/** A key or a chord of keys, as it is written on the keyboard. */
export function Keys(props: { chord: string }): JSX.Element {
  const parts = (): readonly string[] =>
    props.chord === '+' ? ['+'] : props.chord.split('+').map((key) => signs[key] ?? upper(key))
  return (
    <span class="keys">
      <For each={parts()}>{(key) => <kbd>{key}</kbd>}</For>
    </span>
  )
}

function upper(key: string): string {
  return key.length === 1 ? key.toUpperCase() : key
}
