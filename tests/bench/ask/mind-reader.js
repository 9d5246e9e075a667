// stub
export async function mindReader(folder, say) { say(folder); return ['MindReader']; }
