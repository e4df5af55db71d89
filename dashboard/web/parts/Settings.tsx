// The two switches everybody has, signed in or not: language and light or dark. Both are remembered.
import { ActionIcon, Button, Menu, useMantineColorScheme } from '@mantine/core'
import { useSpeech } from '../words/speech.tsx'
import { Icon } from './Icon.tsx'

export function LanguageSwitch() {
  const { words, language, switchLanguage } = useSpeech()
  return (
    <Button
      variant="subtle"
      color="gray"
      px={10}
      miw={44}
      aria-label={words.language.switch}
      lang={language === 'ru' ? 'en' : 'ru'}
      onClick={switchLanguage}
    >
      {language === 'ru' ? 'EN' : 'RU'}
    </Button>
  )
}

export function Looks() {
  const { words } = useSpeech()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const names = { light: words.nav.light, dark: words.nav.dark, auto: words.nav.system }
  const icons = { light: 'sun', dark: 'moon', auto: 'system' } as const
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={words.nav.looks}>
          <Icon name={icons[colorScheme]} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(['auto', 'light', 'dark'] as const).map(scheme => (
          <Menu.RadioItem
            key={scheme}
            value={scheme}
            checked={scheme === colorScheme}
            rightSection={<Icon name={icons[scheme]} />}
            onChange={() => setColorScheme(scheme)}
          >
            {names[scheme]}
          </Menu.RadioItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
