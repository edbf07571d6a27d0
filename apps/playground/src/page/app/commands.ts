import { words } from '../words.ts'
import type { App } from './context.ts'
import type { Workshop } from './workshop.ts'
import { crashOrRestart, nodeDeeds } from './deeds.ts'
import { focusConsole, focusSearch } from './focus.ts'
import { keepBranch } from './branches.ts'
import { addedNode, canChange, memberDeeds } from './members.ts'
import { copyLink, newSeed, openExperiment } from './scenarios.ts'
import { goToMark, goToNodeEvent, goToSentence, goToStop, goToViolation } from './walks.ts'

/** Something that a key or the palette does. */
export interface Command {
  readonly group: keyof typeof words.commands.groups
  readonly title: string
  /** As `KeyboardEvent.key` says it, with 'Shift+' or 'Mod+' (Ctrl or Cmd) before it. */
  readonly keys: readonly string[]
  readonly run: () => void
}

type Row = readonly [title: string, keys: readonly string[], run: () => void]

function group(name: Command['group'], rows: readonly Row[]): readonly Command[] {
  return rows.map(([title, keys, run]) => ({ group: name, title, keys, run }))
}

const speedStep = Math.sqrt(10)

/** The commands that keys stand for, in the order of the help. */
export function keyCommands(app: App): readonly Command[] {
  const { workshop, view } = app
  const { player } = workshop
  const say = words.commands
  const traced = workshop.traced() !== undefined
  return [
    ...group('play', [
      [say.toggle, [' '], () => player.toggle()],
      [say.back, ['ArrowLeft'], () => player.step(-1)],
      [say.forward, ['ArrowRight'], () => player.step(1)],
      [say.nodeBack, ['Shift+ArrowLeft'], () => goToNodeEvent(workshop, -1)],
      [say.nodeForward, ['Shift+ArrowRight'], () => goToNodeEvent(workshop, 1)],
      [say.slower, ['-'], () => player.setSpeed(player.speed() / speedStep)],
      [say.faster, ['+', '='], () => player.setSpeed(player.speed() * speedStep)],
    ]),
    ...group('go', [
      [say.markBack, ['['], () => goToMark(workshop, -1)],
      [say.markForward, [']'], () => goToMark(workshop, 1)],
      [say.stopBack, [','], () => goToStop(workshop, -1)],
      [say.stopForward, ['.'], () => goToStop(workshop, 1)],
      [say.listForward, ['j'], () => goToSentence(app, 1)],
      [say.listBack, ['k'], () => goToSentence(app, -1)],
      [say.violation, ['g'], () => goToViolation(workshop)],
      [say.searchEvents, ['/'], () => focusIn(app, focusSearch)],
      [say.start, ['Home'], () => player.seek(0)],
      [say.end, ['End'], () => player.seek(Number.POSITIVE_INFINITY)],
    ]),
    ...group(
      'do',
      traced
        ? []
        : [
            [say.crash, ['x'], () => crashSelected(app)],
            [say.partition, ['p'], () => view.setDialog('partition')],
            [say.operate, ['c'], () => focusIn(app, focusConsole)],
            [say.branch, ['f'], () => keepBranch(workshop)],
            [say.undo, ['Mod+z'], () => void workshop.undo()],
            [say.redo, ['Mod+y'], () => void workshop.redo()],
          ],
    ),
    ...group('page', [
      [say.help, ['?'], () => view.setDialog('help')],
      [say.palette, ['Mod+k'], () => view.setDialog('palette')],
    ]),
  ]
}

/** Every command, those without a key too: what the palette lists. */
export function allCommands(app: App): readonly Command[] {
  const { workshop, view } = app
  const say = words.commands
  const run = workshop.run()
  const rows: Row[] =
    run === undefined
      ? []
      : [
          [say.heal, [], () => void workshop.fault({ do: 'heal' })],
          [say.newSeed, [], () => newSeed(workshop)],
          ...run
            .nodesAt(workshop.player.moment.row)
            .flatMap((id) =>
              nodeDeeds(run, id, workshop.player.moment.row).map(
                ({ title, faults }): Row => [title, [], () => void workshop.fault(...faults)],
              ),
            ),
          ...memberRows(workshop),
        ]
  return [
    ...keyCommands(app),
    ...group('do', rows),
    ...group('page', [
      [say.spaceTime, [], () => view.setSpaceTime(!view.spaceTime())],
      [say.theme, [], view.toggleTheme],
      [say.share, [], () => void copyLink(workshop)],
    ]),
    ...group(
      'go',
      (workshop.welcome()?.experiments ?? []).map(
        (card): Row => [say.experiment(card.title), [], () => void openExperiment(workshop, card)],
      ),
    ),
  ]
}

/** The ways to change who is in a live cluster. */
function memberRows(workshop: Workshop): readonly Row[] {
  const run = workshop.run()
  if (run === undefined || !canChange(workshop)) return []
  const node = addedNode(workshop)
  const added: readonly Row[] =
    node === undefined
      ? []
      : [[words.members.add(node), [], () => void workshop.changeMembers({ do: 'add', node })]]
  const deeds = run.nodesAt(run.length).flatMap((id) => memberDeeds(workshop, id))
  return [...added, ...deeds.map((deed): Row => [deed.title, [], deed.run])]
}

/** Opens the panel that holds an element, and then goes there. */
function focusIn({ view }: App, focus: () => void): void {
  view.setSideOpen(true)
  focus()
}

function crashSelected({ workshop }: App): void {
  const run = workshop.run()
  const selection = workshop.selection()
  if (run === undefined || selection?.kind !== 'node') workshop.notices.tell(words.do.selectFirst)
  else void workshop.fault(crashOrRestart(run, selection.id, workshop.player.moment.row))
}
