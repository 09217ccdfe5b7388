import { Icon, type IconName } from '../ui/Icon';
import { chooseTheme, theme, themes, type Theme } from './theme';

const looks: Record<Theme, { icon: IconName; label: string }> = {
	system: { icon: 'system', label: 'System' },
	light: { icon: 'sun', label: 'Light' },
	dark: { icon: 'moon', label: 'Dark' },
};

export const ThemeMenu = () => (
	<fieldset class="segments">
		<legend class="visually-hidden">Theme</legend>
		{themes.map((one) => (
			<label key={one} title={looks[one].label}>
				<input
					type="radio"
					name="theme"
					value={one}
					checked={theme.value === one}
					onChange={() => chooseTheme(one)}
				/>
				<Icon name={looks[one].icon} />
				<span class="visually-hidden">{looks[one].label}</span>
			</label>
		))}
	</fieldset>
);
