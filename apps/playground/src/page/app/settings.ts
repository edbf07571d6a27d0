import { type Accessor, createSignal } from 'solid-js'

const prefix = 'lockstep.'

function read<T>(key: string, initial: T): T {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(prefix + key) ?? 'null')
    return typeof kept === typeof initial ? (kept as T) : initial
  } catch {
    return initial
  }
}

/** A signal of a string, a number or a boolean that outlives a reload. Where storage is refused, it lives as long as the page. */
export function createSetting<T>(key: string, initial: T): [Accessor<T>, (value: T) => void] {
  const [value, setValue] = createSignal<T>(read(key, initial))
  return [
    value,
    (next) => {
      setValue(() => next)
      try {
        localStorage.setItem(prefix + key, JSON.stringify(next))
      } catch {
        // Storage may be full or refused; the page goes on without it.
      }
    },
  ]
}
