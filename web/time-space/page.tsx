import type { PageProps } from '../shell/pages.ts'

export default function TimeSpacePage({ fields }: PageProps) {
  return <h2>{fields['corridor']}</h2>
}
