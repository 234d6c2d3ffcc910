import { story } from '../story.ts';

export default story(async (scene) => {
  const make = (name: string, labels: Record<string, string>) =>
    scene.create('v1/configmaps', { metadata: { name, labels: { story: 'x', ...labels } } });
  await make('a', { tier: 'front', size: '3' });
  await make('b', { tier: 'back', size: '7' });
  await make('c', { other: '' });
  const names = async (labelSelector: string) => {
    const list = await scene.list('v1/configmaps', { labelSelector });
    for (const item of list.items ?? []) delete item.metadata.managedFields;
  };
  await names('story=x,tier=front');
  await names('story==x,tier!=front');
  await names('story=x,tier in (front,back),size notin (7)');
  await names('story=x,tier notin (front)');
  await names('story,!tier');
  await names('size>3');
  await names('size<7');
  await names('other=');
  await names('tier in ()');
  await names('tier=a b');
  await names('=x');
  await names('bad key');
  await names('tier in (a');
  await names('size>x');
});
