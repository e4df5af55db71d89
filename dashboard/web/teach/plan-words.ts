// The words of plan, lessons, quotas and plates come with the pages that say them, not with the first load.
import { enPlan } from '../words/en-plan.ts'
import { type PlanWords, ruPlan } from '../words/ru-plan.ts'
import { useSpeech } from '../words/speech.tsx'

export function usePlanWords(): PlanWords {
  return useSpeech().language === 'ru' ? ruPlan : enPlan
}
