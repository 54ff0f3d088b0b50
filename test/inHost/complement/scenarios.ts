/** A group of scenarios of matrix-org/complement-crypto; docs/trust.md has the list of all of its tests. */
import { afterEach, describe } from 'mocha';
import { connectWorld, WORLD_VARIABLE, type HostWorld } from '../world.ts';
import { createPeople, type People } from './people.ts';

export function scenarios(title: string, define: (people: People, world: HostWorld) => void): void {
    describe(`complement-crypto: ${title}`, function () {
        this.timeout(150_000);
        const world = connectWorld(process.env[WORLD_VARIABLE] ?? '');
        const people = createPeople(world);
        afterEach(() => people.stop());
        define(people, world);
    });
}
