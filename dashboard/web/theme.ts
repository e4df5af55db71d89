// Mantine in our clothes: grey surfaces, one ink for what can be pressed, targets of 44 px.
import { Button, createTheme, type MantineColorsTuple, Menu, Modal, Slider } from '@mantine/core'

const ink: MantineColorsTuple = [
  '#eef3f8',
  '#dbe4ee',
  '#b6c7da',
  '#8fa9c5',
  '#7fa3c9',
  '#4f7299',
  '#3a5c83',
  '#26415f',
  '#1d344d',
  '#14263a',
]

/** Mantine's dark greys are brown beside ours; lightest first. */
const dark: MantineColorsTuple = [
  '#e8ecf0',
  '#b9c3cd',
  '#9eaab6',
  '#7d8a98',
  '#37414c',
  '#2b343d',
  '#222a32',
  '#1b2128',
  '#161b21',
  '#12161b',
]

export const theme = createTheme({
  colors: { ink, dark },
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  defaultRadius: 8,
  cursorType: 'pointer',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Ubuntu, Cantarell, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'Segoe UI Mono', 'Noto Sans Mono', Menlo, Consolas, monospace",
  headings: { fontWeight: '650' },
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm', variant: 'filled' } }),
    Modal: Modal.extend({ defaultProps: { radius: 12, overlayProps: { backgroundOpacity: 0.45 } } }),
    // Beside its button in the page's own landmarks, and its first item takes the focus, as a menu's does.
    Menu: Menu.extend({ defaultProps: { withinPortal: false, withInitialFocusPlaceholder: false, returnFocus: true } }),
    // The page has one banner: a dialog's <header> is none.
    ModalHeader: { defaultProps: { role: 'none' } },
    DrawerHeader: { defaultProps: { role: 'none' } },
    // 16 px by Mantine: too small for a finger (WCAG 2.5.8).
    Slider: Slider.extend({ defaultProps: { thumbSize: 24 } }),
  },
})
