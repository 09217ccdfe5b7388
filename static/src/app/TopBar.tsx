import { Brand } from './Brand';
import { EnvironmentMenu } from './EnvironmentMenu';
import { LinkStatus } from './LinkStatus';
import { Nav } from './Nav';
import { PaletteKey } from './PaletteKey';
import { ThemeMenu } from './ThemeMenu';
import { UserMenu } from './UserMenu';

export const TopBar = () => (
	<header class="top">
		<Brand />
		<EnvironmentMenu />
		<Nav />
		<span class="grow" />
		<LinkStatus />
		<PaletteKey />
		<ThemeMenu />
		<UserMenu />
	</header>
);
