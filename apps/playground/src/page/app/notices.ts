import { type Accessor, createSignal } from 'solid-js'

interface Notice {
  readonly id: number
  readonly text: string
  readonly tone: 'note' | 'error'
}

/** Short notes to the person, which go away by themselves; errors stay until they are closed. */
export interface Notices {
  readonly shown: Accessor<readonly Notice[]>
  tell(text: string, tone?: Notice['tone']): void
  dismiss(id: number): void
}

const noteStaysMs = 5000
const noticesMax = 3

export function createNotices(): Notices {
  const [shown, setShown] = createSignal<readonly Notice[]>([])
  let ids = 0
  const dismiss = (id: number): void => {
    setShown((notices) => notices.filter((notice) => notice.id !== id))
  }
  return {
    shown,
    dismiss,
    tell(text, tone = 'note') {
      const id = ++ids
      setShown((notices) =>
        [...notices.filter((notice) => notice.text !== text), { id, text, tone }].slice(
          -noticesMax,
        ),
      )
      if (tone === 'note') setTimeout(() => dismiss(id), noteStaysMs)
    },
  }
}
