// A machine as its page sees it; handed to each part of the page whole.
import type { ViewSnapshot } from '../../../protocols/contract/screen.ts'

export type Seen = ViewSnapshot & { kind: 'machine' }
