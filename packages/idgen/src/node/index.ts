export { FileMark } from './file-mark.ts'
