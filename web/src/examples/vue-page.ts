// A Vue page on the SDK. `npm run dev` serves it at /src/examples/vue-page.html.

import { createApp } from 'vue';
import SendCode from './send-code.vue';

createApp(SendCode, { mobile: '13800138003' }).mount('#root');
