// stub replaced below
export const frontierChart = () => '';
