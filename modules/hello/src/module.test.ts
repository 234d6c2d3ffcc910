import { testModule } from '@forkspacer/testing';
import hello from './module.ts';

testModule(hello, { config: { greeting: 'Good morning, "<world>" & all!' } });
